import type { Random } from './seeded-random.ts';

/** Values with their relative frequencies, summed up so that one draw is one binary search. */
export type Frequencies = { readonly values: readonly string[]; readonly sums: readonly number[] };

function frequencies(text: string): Frequencies {
  const rows = Array.from(text.matchAll(/(\S+) ([\d.]+)/g), ([, value = '', weight = '']) => ({
    value: value.replaceAll('_', ' '),
    weight: Number(weight),
  }));
  const sums: number[] = [];
  for (const { weight } of rows) sums.push((sums.at(-1) ?? 0) + weight);
  return { values: rows.map(({ value }) => value), sums };
}

export function draw({ values, sums }: Frequencies, random: Random): string {
  const at = random.unit() * (sums.at(-1) ?? 0);
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return values[low] ?? '';
}

/**
 * Shares of the population in percent, as counted by Lê Trung Hoa (2005) for the first fourteen; the last tenth is spread
 * over some of the rarer ones, at the order of magnitude of their shares.
 */
export const vietnameseFamilyNames = frequencies(`
  Nguyễn 38.4 Trần 11 Lê 9.5 Phạm 7.1 Huỳnh 2.6 Hoàng 2.5 Phan 4.5 Vũ 2 Võ 1.9 Đặng 2.1 Bùi 2 Đỗ 1.4 Hồ 1.3 Ngô 1.3
  Dương 1 Lý 0.5 Trương 1 Đinh 0.8 Đoàn 0.8 Lâm 0.7 Mai 0.6 Trịnh 0.6 Đào 0.6 Cao 0.5 Hà 0.5 Lương 0.5 Tạ 0.4 Phùng 0.3
  Châu 0.3 Tô 0.3 Lưu 0.3 Thái 0.3 Vương 0.2 Quách 0.1 Kiều 0.1 Nghiêm 0.1 La 0.1 Triệu 0.1 Thạch 0.1 Giang 0.1
`);

/** Percent of all; the empty one is a name without a middle. Thị and Văn as among people of working age. */
export const vietnameseMiddleNames: Readonly<Record<'female' | 'male', Frequencies>> = {
  female: frequencies(`
    Thị 48 Thị_Ngọc 4 Thị_Thanh 4 Thị_Thu 4 Thị_Kim 3 Thị_Hồng 3 Thị_Mỹ 2 Thị_Bích 2 Ngọc 6 Thanh 3 Thu 3 Kim 2 Thùy 2
    Minh 2 Phương 2 Hồng 2 Bảo 1 Quỳnh 1 Khánh 1 Mai 1 Hoàng 1 Diệu 1 Như 1 Tường 1
  `),
  male: frequencies(`
    Văn 34 Hữu 6 Minh 6 Đức 5 Quốc 5 Thanh 4 Hoàng 4 Ngọc 4 Công 3 Xuân 3 Anh 2 Đình 3 Trọng 2 Quang 3 Thành 2 Duy 2 Gia 1
    Tuấn 2 Mạnh 2 Trung 2 Viết 1 Bá 1 Khắc 1 Nhật 1 Hồng 1
  `),
};

/** Percent in a sample of 207,000 people of Đắk Lắk born from 1991 to 2002 (hoten.org, sample DKL01). */
export const vietnameseGivenNames: Readonly<Record<'female' | 'male', Frequencies>> = {
  female: frequencies(`
    Trang 4.193 Thảo 3.518 Linh 3.023 Anh 2.462 Phương 2.197 Hằng 2.139 Huyền 2.106 Hiền 2.03 Hương 1.719 Ngọc 1.717
    Dung 1.697 Nhung 1.685 Thủy 1.648 Nhi 1.622 Duyên 1.554 Vân 1.495 Quỳnh 1.494 Nga 1.487 Yến 1.477 Trinh 1.464
    Thương 1.34 Uyên 1.336 Hạnh 1.305 Ngân 1.217 Oanh 1.192 Trâm 1.162 Ly 1.156 Mai 1.146 Phượng 1.086 Thúy 1.08 Hoa 1.021
    Vy 1.018 Hồng 0.993 Tâm 0.961 Thu 0.943 My 0.942 Giang 0.928 Loan 0.919 Thanh 0.884 Ánh 0.838 Vi 0.836 Lan 0.835
    Quyên 0.796 Chi 0.795 Thư 0.744 Tiên 0.727 Thùy 0.688 Huệ 0.687 Nguyệt 0.674 Như 0.665 Nguyên 0.663 Tuyết 0.635
    Diễm 0.619 Liên 0.598 Hòa 0.562 Hường 0.557 Hoài 0.532 Kiều 0.514 Lệ 0.506 Xuân 0.468 Thắm 0.464 Bình 0.366 Hậu 0.323
    Minh 0.312 Hải 0.274 Hảo 0.253 Phúc 0.219 Hạ 0.152 Hà 1.4
  `),
  male: frequencies(`
    Tuấn 2.711 Hoàng 2.461 Huy 2.225 Anh 2.05 Hiếu 1.994 Hùng 1.981 Nam 1.975 Sơn 1.902 Đức 1.884 Dũng 1.699 Thành 1.618
    Đạt 1.56 Cường 1.56 Long 1.55 Trung 1.549 Hải 1.419 Nguyên 1.401 Thắng 1.399 Minh 1.312 Duy 1.154 Tiến 1.142
    Quang 1.114 Phúc 1.048 Trường 1.017 Tài 1.007 Toàn 0.981 Hưng 0.924 Phong 0.909 Tùng 0.894 Linh 0.866 Khánh 0.861
    Bảo 0.858 Quân 0.825 Dương 0.79 Nghĩa 0.777 Lâm 0.776 Vinh 0.766 Bình 0.764 Mạnh 0.751 Việt 0.704 Thịnh 0.683
    Hòa 0.683 Tâm 0.658 Hiệp 0.65 Tân 0.645 Phú 0.643 Phương 0.635 Thiện 0.623 Thái 0.615 Nhật 0.599 Công 0.594 Sang 0.589
    Hậu 0.578 Quý 0.567 An 0.565 Phước 0.562 Quốc 0.547 Ngọc 0.535 Nhân 0.53 Khoa 0.503 Trí 0.497 Kiên 0.487 Lộc 0.478
    Thuận 0.476 Chiến 0.475 Trọng 0.452 Giang 0.414 Tín 0.383 Hạnh 0.2 Hào 0.199
  `),
};

/** Provinces of registration by population, in percent. */
export const vietnamesePlaces = frequencies(`
  Hồ_Chí_Minh 9.3 Hà_Nội 8.4 Thanh_Hóa 3.8 Nghệ_An 3.5 Đồng_Nai 3.2 Bình_Dương 2.5 Hải_Phòng 2.1 Hải_Dương 2 An_Giang 2
  Đắk_Lắk 1.9 Bắc_Giang 1.9 Thái_Bình 1.9 Nam_Định 1.9 Tiền_Giang 1.8 Kiên_Giang 1.8 Long_An 1.7 Đồng_Tháp 1.6 Gia_Lai 1.6
  Quảng_Nam 1.5 Bình_Định 1.5 Phú_Thọ 1.5 Bắc_Ninh 1.4 Quảng_Ninh 1.4 Lâm_Đồng 1.3 Hà_Tĩnh 1.3 Bến_Tre 1.3 Thái_Nguyên 1.3
  Sơn_La 1.3 Hưng_Yên 1.3 Khánh_Hòa 1.3 Cần_Thơ 1.3 Bình_Thuận 1.3 Quảng_Ngãi 1.3 Cà_Mau 1.2 Tây_Ninh 1.2 Vĩnh_Phúc 1.2
  Đà_Nẵng 1.2 Thừa_Thiên_Huế 1.2 Vĩnh_Long 1.1 Ninh_Bình 1
`);

/** Births from 1891 to 1990 in thousands, rounded, by INSEE's file of family names. */
export const frenchFamilyNames = frequencies(`
  Martin 229 Bernard 121 Thomas 108 Petit 105 Robert 103 Richard 100 Durand 98 Dubois 96 Moreau 95 Laurent 90 Simon 86
  Michel 83 Lefebvre 83 Leroy 80 Roux 71 David 69 Bertrand 68 Morel 67 Fournier 66 Girard 64 Bonnet 63 Dupont 62 Lambert 61
  Fontaine 58 Rousseau 57 Vincent 57 Muller 56 Lefèvre 56 Faure 54 André 54 Mercier 54 Blanc 53 Guérin 52 Boyer 51
  Garnier 50 Chevalier 49 François 49 Legrand 48 Gauthier 47 Garcia 47 Perrin 46 Robin 44 Clément 44 Morin 43 Nicolas 43
  Henry 42 Roussel 42 Mathieu 42 Gautier 41 Masson 41 Marchand 40 Duval 40 Denis 39 Dumont 38 Marie 38 Lemaire 37 Noël 37
  Meyer 37 Dufour 36 Meunier 36 Brun 35 Blanchard 35 Giraud 34 Joly 34 Rivière 33 Lucas 33 Brunet 33 Gaillard 32
  Barbier 32 Arnaud 32 Martinez 32 Gérard 31 Roche 31 Renard 30 Schmitt 30 Roy 30 Leroux 29 Colin 29 Vidal 29 Caron 28
  Picard 28 Roger 27 Fabre 27 Aubert 27 Lemoine 26 Renaud 26 Dumas 25 Lacroix 25 Olivier 25 Philippe 25 Bourgeois 25
  Pierre 25 Benoît 24 Rey 24 Leclerc 24 Payet 24 Rolland 23 Leclercq 23 Guillaume 23 Lecomte 23 Lopez 23 Jean 22 Dupuy 22
  Guillot 22 Hubert 22 Berger 22 Carpentier 21 Sánchez 21 Dupuis 21 Moulin 21 Louis 20 Deschamps 20 Huet 20 Vasseur 20
  Perez 20 Boucher 19 Fleury 19 Royer 19 Klein 19 Jacquet 18 Adam 18 Paris 18 Poirier 18 Marty 18 Aubry 18 Guyot 17
  Carré 17 Charles 17 Renault 17 Charpentier 17 Ménard 17 Maillard 16 Baron 16 Bertin 16 Bailly 16 Hervé 16 Schneider 16
  Fernandez 16 Le_Gall 16 Collet 15 Léger 15 Bouvier 15 Julien 15 Prévost 15 Millet 15 Perrot 15 Daniel 15 Le_Roux 14
  Cousin 14 Germain 14 Breton 14 Besson 14 Langlois 14 Rémy 14 Le_Goff 13 Pelletier 13 Lévêque 13 Perrier 13 Leblanc 13
`);

/** Births since 1900 in thousands, rounded, by INSEE's file of given names; those now of working age. */
export const frenchGivenNames: Readonly<Record<'female' | 'male', Frequencies>> = {
  female: frequencies(`
    Marie 1374 Nathalie 384 Isabelle 371 Sylvie 363 Catherine 395 Françoise 402 Monique 400 Martine 325 Christine 305
    Nicole 300 Anne 240 Valérie 240 Sandrine 229 Sophie 260 Stéphanie 236 Véronique 250 Céline 235 Chantal 240 Patricia 230
    Brigitte 235 Julie 220 Aurélie 182 Laurence 190 Christelle 170 Florence 170 Caroline 165 Émilie 165 Hélène 160
    Élisabeth 150 Virginie 155 Corinne 150 Laetitia 140 Camille 190 Claire 150 Mélanie 120 Audrey 140 Delphine 145
    Karine 140 Élodie 150 Charlotte 120 Pauline 134 Marion 130 Cécile 130 Amandine 110 Mathilde 100 Léa 165 Chloé 140
    Sarah 130 Manon 140 Laura 140 Marine 120 Jeanne 200 Louise 264 Lucie 120 Juliette 110 Alice 130 Agnès 90 Béatrice 110
    Marie-Hélène 30 Marie-Christine 55 Anne-Marie 90 Marie-Claude 60 Inès 90 Zoé 60
  `),
  male: frequencies(`
    Jean 1535 Michel 820 Pierre 780 Philippe 538 Alain 506 Nicolas 397 Christophe 390 Jacques 482 Bernard 469 Patrick 400
    Daniel 436 Gérard 330 Christian 380 Thierry 370 Éric 340 Laurent 340 Pascal 330 David 340 Frédéric 330 Stéphane 330
    Olivier 320 Sébastien 310 Julien 290 Alexandre 290 Bruno 230 Dominique 220 Didier 230 François 310 Marc 220 Thomas 250
    Vincent 200 Franck 190 Antoine 200 Jérôme 190 Guillaume 190 Anthony 170 Romain 180 Maxime 200 Mathieu 130 Cédric 130
    Fabrice 120 Benoît 100 Arnaud 110 Xavier 100 Grégory 90 Jérémy 110 Rémi 70 Clément 140 Hugo 150 Lucas 180 Théo 110
    Léo 100 Noé 50 Louis 521 Paul 400 Henri 240 Georges 180 Yves 190 Hervé 100 Serge 160 Joël 110 Noël 60 Jean-Pierre 140
    Jean-Claude 130 Jean-Luc 90 Jean-Marc 80 Jean-François 75 Jean-Paul 70 André 712 René 516 Rene 1
  `),
};

/** Births by place of the maternity, in percent; the rest is spread over small towns that are made up by number. */
export const frenchPlaces = frequencies(`
  Paris_14e_Arrondissement 2 Paris_12e_Arrondissement 1.6 Paris_15e_Arrondissement 1.5 Paris_20e_Arrondissement 1.2
  Lyon_4e_Arrondissement 0.9 Lyon_8e_Arrondissement 0.9 Marseille 2.4 Toulouse 1.7 Lille 1.4 Nantes 1.3 Bordeaux 1.2
  Nice 1.1 Strasbourg 1.1 Montpellier 1.1 Rennes 1.1 Rouen 1 Reims 0.8 Grenoble 0.8 Dijon 0.8 Angers 0.8 Tours 0.7
  Saint-Denis 1.2 Saint-Étienne 0.7 Le_Havre 0.7 Toulon 0.7 Brest 0.7 Le_Mans 0.7 Amiens 0.7 Caen 0.7 Besançon 0.6 Metz 0.7
  Nancy 0.8 Orléans 0.7 Mulhouse 0.6 Perpignan 0.5 Clermont-Ferrand 0.7 Limoges 0.5 Poitiers 0.5 Créteil 0.8 Versailles 0.5
  Saint-Pierre 0.6 Fort-de-France 0.5 Pau 0.4 Avignon 0.5 Annecy 0.4 Saint-Brieuc 0.4 Quimper 0.3 Troyes 0.4 Béziers 0.3
  Évreux 0.4 Alès 0.2 Castres 0.2 Dieppe 0.2 Vannes 0.3
`);
